package cn.jingshu.products.kind.sql;

import cn.jingshu.products.domain.DataSession;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How PostgreSQL would run a statement.
 *
 * @param cost its estimate, in the planner's units
 * @param relations the tables it would read
 * @param output what the topmost node gives, as expressions over tables
 */
record SqlPlan(double cost, Set<String> relations, List<String> output) {
    private static final ObjectMapper JSON = new ObjectMapper();

    SqlPlan {
        relations = Set.copyOf(relations);
        output = List.copyOf(output);
    }

    static SqlPlan of(DataSession session, String statement, Object... parameters) {
        String json = session.plan(statement, parameters);
        try {
            JsonNode plan = JSON.readTree(json).path(0).path("Plan");
            Set<String> relations = new LinkedHashSet<>();
            plan.findValues("Relation Name").forEach(name -> relations.add(name.asText()));
            List<String> output = new ArrayList<>();
            plan.path("Output").forEach(each -> output.add(each.asText()));
            return new SqlPlan(plan.path("Total Cost").asDouble(Double.POSITIVE_INFINITY), relations, output);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("PostgreSQL explained a statement in words that are no JSON", broken);
        }
    }
}
