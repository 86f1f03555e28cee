package cn.jingshu.marketplace.portal;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/** The files pages load. Their address holds the digest of their content, so a browser keeps them for ever. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class AssetFiles {
    private final Assets assets;

    AssetFiles(Assets assets) {
        this.assets = assets;
    }

    @Get(Links.ASSETS + "{digest}/{folder}/{file}")
    @Produces(MediaType.ALL)
    HttpResponse<byte[]> file(HttpRequest<?> request, String digest, String folder, String file) {
        Assets.Asset asset = assets.find(folder + "/" + file)
                .filter(found -> found.digest().equals(digest))
                .orElseThrow(PageRefused::noSuchPage);
        String etag = '"' + asset.digest() + '"';
        String known = request.getHeaders().get("If-None-Match");
        boolean unchanged = known != null && known.contains(etag);
        MutableHttpResponse<byte[]> answer =
                unchanged ? HttpResponse.notModified() : HttpResponse.ok(asset.content()).contentType(asset.contentType());
        return answer.header("ETag", etag).header("Cache-Control", "public, max-age=31536000, immutable");
    }
}
