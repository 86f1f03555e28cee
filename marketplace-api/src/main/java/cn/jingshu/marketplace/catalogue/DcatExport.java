package cn.jingshu.marketplace.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the resource catalogue as DCAT 3 in JSON-LD: a catalogue of datasets (one for each resource, with a distribution for each
 * sharing manner) and of data services (one for each product on offer, serving the datasets it is built from).
 *
 * <p>Every resource has a policy in ODRL: its raw data leave the domain in no case, it may be used inside it once its provider has
 * granted that, and what the law blocks is prohibited with the provision as source. IRIs come from the installation's own setting, so
 * they stay the same on whatever address the export was fetched.
 *
 * @see "W3C Data Catalog Vocabulary (DCAT) Version 3, 2024-08-22; ODRL Information Model 2.2; EU vocabularies for frequency and access right"
 */
public final class DcatExport {
    private static final String FREQUENCIES = "http://publications.europa.eu/resource/authority/frequency/";
    private static final String ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String iris;
    private final String site;

    /**
     * @param iris what every IRI begins with, with a slash at the end: {@code https://data.city.example/id/}
     * @param site where the portal is reached, without a slash at the end
     */
    public DcatExport(String iris, String site) {
        if (!iris.matches("https?://[^\\s\"<>\\\\^`{|}]+/")) {
            throw new IllegalArgumentException("catalogue IRIs begin with http:// or https:// and end with a slash: " + iris);
        }
        this.iris = iris;
        this.site = site;
    }

    /** A provider by its names. */
    public record Provider(String code, String nameZh, String nameEn) {}

    /** A product on offer and the ids of the resources it is built from. */
    public record Service(String product, int version, String nameZh, String nameEn, List<String> resources) {
        public Service {
            resources = List.copyOf(resources);
        }
    }

    /**
     * The document.
     *
     * @param versions what is listed on {@code day}
     * @param firstListed since when each resource is listed, by id; where a resource is missing, its version's own date
     */
    public String write(LocalDate day, List<ResourceVersion> versions, Map<String, LocalDate> firstListed, List<Provider> providers,
            List<Service> services) {
        Map<String, Object> catalogue = node(iri("catalogue"), "dcat:Catalog");
        catalogue.put("dct:title", both("公共数据资源目录", "Catalogue of public data resources"));
        catalogue.put("dct:description", both("市级公共数据资源\"一本账\":数据资源、提供单位、共享条件与依法不予提供的资源。",
                "The city's one account of public data resources: who provides them, on which conditions, and what the law blocks."));
        catalogue.put("dct:language", List.of(
                ref("http://publications.europa.eu/resource/authority/language/ZHO"),
                ref("http://publications.europa.eu/resource/authority/language/ENG")));
        versions.stream().map(ResourceVersion::appliesFrom).max(LocalDate::compareTo)
                .ifPresent(newest -> catalogue.put("dct:modified", date(newest)));
        catalogue.put("dcat:version", day.toString());
        catalogue.put("foaf:homepage", ref(site + "/resources"));
        catalogue.put("dct:publisher", agent(iri("publisher"), "市数据局", "City data bureau"));
        catalogue.put("dcat:dataset", versions.stream()
                .map(each -> dataset(each, firstListed.getOrDefault(each.entry().id(), each.appliesFrom())))
                .toList());
        catalogue.put("dcat:service", services.stream().map(each -> service(each, versions)).toList());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("@context", context());
        List<Object> graph = new ArrayList<>();
        graph.add(catalogue);
        providers.forEach(each -> graph.add(agent(iri("providers", each.code()), each.nameZh(), each.nameEn())));
        versions.stream().map(each -> each.entry().classification()).distinct().sorted().forEach(name -> {
            Map<String, Object> concept = node(iri("classes", name), "skos:Concept");
            concept.put("skos:prefLabel", said(name, "zh-CN"));
            graph.add(concept);
        });
        document.put("@graph", graph);
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("the catalogue cannot be written as JSON", broken);
        }
    }

    private static Map<String, Object> context() {
        return new TreeMap<>(Map.of(
                "dcat", "http://www.w3.org/ns/dcat#",
                "dct", "http://purl.org/dc/terms/",
                "foaf", "http://xmlns.com/foaf/0.1/",
                "skos", "http://www.w3.org/2004/02/skos/core#",
                "odrl", "http://www.w3.org/ns/odrl/2/",
                "adms", "http://www.w3.org/ns/adms#",
                "rdfs", "http://www.w3.org/2000/01/rdf-schema#",
                "xsd", "http://www.w3.org/2001/XMLSchema#"));
    }

    private Map<String, Object> dataset(ResourceVersion version, LocalDate firstListed) {
        ResourceEntry e = version.entry();
        String own = iri("resources", e.id());
        Map<String, Object> dataset = node(own, "dcat:Dataset");
        dataset.put("dct:identifier", e.id());
        dataset.put("dct:title", both(e.nameZh(), e.nameEn()));
        dataset.put("dct:description", both(described(e, true), described(e, false)));
        dataset.put("dct:publisher", ref(iri("providers", e.provider())));
        dataset.put("dct:issued", date(firstListed));
        dataset.put("dct:modified", date(version.appliesFrom()));
        if (version.number() != null) {
            dataset.put("dcat:version", Integer.toString(version.number()));
        }
        dataset.put("adms:versionNotes", version.reason());
        dataset.put("dct:accrualPeriodicity", ref(FREQUENCIES + switch (e.updateCycle()) {
            case REAL_TIME -> "UPDATE_CONT";
            case PERIODIC -> "OTHER"; // how often is not among its words, but in the description
        }));
        dataset.put("dct:accessRights", ref(ACCESS_RIGHTS + (e.blockedBy() == null ? "RESTRICTED" : "NON_PUBLIC")));
        dataset.put("dcat:theme", ref(iri("classes", e.classification())));
        List<Object> keywords = new ArrayList<>();
        e.items().forEach(item -> {
            keywords.add(said(item.zh(), "zh-CN"));
            keywords.add(said(item.en(), "en"));
        });
        if (!keywords.isEmpty()) {
            dataset.put("dcat:keyword", keywords);
        }
        Map<String, Object> provenance = node(null, "dct:ProvenanceStatement");
        provenance.put("rdfs:label", switch (e.origin()) {
            case LOCAL -> both("本级采集", "collected by the city");
            case PROVINCE_RETURN -> both("省级回流", "returned by the province");
            case STATE_RETURN -> both("国家回流", "returned by the state");
            case SHARED -> both("部门共享", "shared by another department");
        });
        dataset.put("dct:provenance", provenance);
        if (e.conditionsZh() != null || e.conditionsEn() != null) {
            Map<String, Object> rights = node(null, "dct:RightsStatement");
            rights.put("rdfs:label", languages(e.conditionsZh(), e.conditionsEn()));
            dataset.put("dct:rights", rights);
        }
        dataset.put("odrl:hasPolicy", policy(own, e));
        if (e.blockedBy() == null) {
            dataset.put("dcat:distribution", e.channels().stream().sorted().map(channel -> distribution(own, e, channel)).toList());
        }
        dataset.put("dcat:landingPage", ref(page(e.id())));
        return dataset;
    }

    private static String described(ResourceEntry e, boolean chinese) {
        StringBuilder text = new StringBuilder(chinese ? e.nameZh() : e.nameEn());
        if (!e.items().isEmpty()) {
            text.append(chinese ? ":" : ": ").append(String.join(chinese ? "、" : ", ",
                    e.items().stream().map(item -> chinese ? item.zh() : item.en()).toList()));
        }
        if (e.updateFrequency() != null) {
            text.append(chinese ? "。更新频率:" : ". Update frequency: ").append(e.updateFrequency());
        }
        return text.toString();
    }

    private Map<String, Object> policy(String target, ResourceEntry e) {
        Map<String, Object> policy = node(target + "/policy", "odrl:Set");
        policy.put("odrl:target", ref(target));
        List<Object> prohibitions = new ArrayList<>();
        String law = e.blockedBy();
        if (law != null) {
            Map<String, Object> use = node(null, "odrl:Prohibition");
            use.put("odrl:action", ref("odrl:use"));
            use.put("dct:source", said(law, "zh-CN"));
            prohibitions.add(use);
        } else {
            Map<String, Object> inside = node(null, "odrl:Permission");
            inside.put("odrl:action", ref("odrl:use"));
            Map<String, Object> consent = node(null, "odrl:Duty");
            consent.put("odrl:action", ref("odrl:obtainConsent"));
            consent.put("odrl:consentingParty", ref(iri("providers", e.provider())));
            inside.put("odrl:duty", List.of(consent));
            policy.put("odrl:permission", List.of(inside));
        }
        Map<String, Object> raw = node(null, "odrl:Prohibition");
        raw.put("odrl:action", ref("odrl:distribute"));
        raw.put("rdfs:comment", both("原始数据不出域,数据可用不可见", "raw data stay inside the domain: usable, not visible"));
        prohibitions.add(raw);
        policy.put("odrl:prohibition", prohibitions);
        return policy;
    }

    private Map<String, Object> distribution(String dataset, ResourceEntry e, ResourceEntry.Channel channel) {
        Map<String, Object> distribution = node(dataset + "/" + channel.name().toLowerCase(Locale.ROOT), "dcat:Distribution");
        distribution.put("dct:title", switch (channel) {
            case API -> both("接口", "interface");
            case TABLE -> both("库表", "database table");
            case FILE -> both("文件", "file");
        });
        if (e.format() != null) {
            Map<String, Object> format = node(null, "dct:MediaTypeOrExtent");
            format.put("rdfs:label", e.format());
            distribution.put("dct:format", format);
        }
        distribution.put("dcat:accessURL", ref(page(e.id())));
        return distribution;
    }

    private Map<String, Object> service(Service product, List<ResourceVersion> listed) {
        Map<String, Object> service = node(iri("products", product.product() + "-" + product.version()), "dcat:DataService");
        service.put("dct:identifier", product.product());
        service.put("dct:title", both(product.nameZh(), product.nameEn()));
        service.put("dcat:version", Integer.toString(product.version()));
        service.put("dcat:endpointURL", ref(site + "/v" + product.version() + "/" + segment(product.product())));
        service.put("dcat:endpointDescription", ref(site + "/products/" + segment(product.product()) + "/openapi.json"));
        service.put("dcat:landingPage", ref(site + "/products/" + segment(product.product())));
        service.put("dct:accessRights", ref(ACCESS_RIGHTS + "RESTRICTED"));
        service.put("dcat:servesDataset", listed.stream()
                .map(each -> each.entry().id())
                .filter(product.resources()::contains)
                .map(id -> ref(iri("resources", id)))
                .toList());
        return service;
    }

    private String page(String resource) {
        return site + "/resources/" + segment(resource);
    }

    private String iri(String... segments) {
        StringBuilder iri = new StringBuilder(iris);
        for (int i = 0; i < segments.length; i++) {
            iri.append(i == 0 ? "" : "/").append(segment(segments[i]));
        }
        return iri.toString();
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Map<String, Object> agent(String iri, String zh, String en) {
        Map<String, Object> agent = node(iri, "foaf:Organization");
        agent.put("foaf:name", both(zh, en));
        return agent;
    }

    private static Map<String, Object> node(@Nullable String iri, String type) {
        Map<String, Object> node = new LinkedHashMap<>();
        if (iri != null) {
            node.put("@id", iri);
        }
        node.put("@type", type);
        return node;
    }

    private static Map<String, Object> ref(String iri) {
        return Map.of("@id", iri);
    }

    private static Map<String, Object> date(LocalDate day) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("@value", day.toString());
        value.put("@type", "xsd:date");
        return value;
    }

    private static Map<String, Object> said(String text, String language) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("@value", text);
        value.put("@language", language);
        return value;
    }

    private static List<Object> both(String zh, String en) {
        return languages(zh, en);
    }

    private static List<Object> languages(@Nullable String zh, @Nullable String en) {
        List<Object> values = new ArrayList<>();
        if (zh != null) {
            values.add(said(zh, "zh-CN"));
        }
        if (en != null) {
            values.add(said(en, "en"));
        }
        return values;
    }
}
