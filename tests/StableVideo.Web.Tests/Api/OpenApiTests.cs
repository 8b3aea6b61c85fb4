using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using StableVideo.Client;
using StableVideo.Web.Services;

namespace StableVideo.Tests.Web.Api;

public sealed class OpenApiTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly WebServer _server = fixture.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_is_valid_OpenAPI_3_1()
    {
        var text = await _server.Client.GetStringAsync("/v1/openapi.json", Cancel);
        Assert.StartsWith("3.1", JsonNode.Parse(text)!["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var read = OpenApiDocument.Parse(text, "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        var paths = (await DocumentAsync())["paths"]!.AsObject();
        var listed = paths.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).ToHashSet();
        var routes = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription != true)
            .Where(endpoint => endpoint.RoutePattern.RawText != "/v1/openapi.json")
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {Plain(endpoint.RoutePattern.RawText!)}"))
            .ToList();

        Assert.True(routes.Count >= 24, $"{routes.Count}");
        Assert.Empty(routes.Except(listed));
    }

    [Fact]
    public async Task Every_operation_has_a_name_words_security_and_problems()
    {
        var names = new List<string>();
        foreach (var (path, operation) in await OperationsAsync())
        {
            names.Add(operation["operationId"]?.GetValue<string>() ?? throw new InvalidOperationException($"{path} has no name."));
            Assert.False(string.IsNullOrWhiteSpace(operation["summary"]?.GetValue<string>()), $"{path} has no summary.");
            Assert.True(operation["responses"]!["503"]?["content"]?["application/problem+json"] is not null, $"{path} names no problems.");
            if (operation["security"] is not null)
                Assert.NotNull(operation["responses"]!["401"]);
            else
                Assert.Equal("getUploadOptions", names[^1]);
        }

        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public async Task Examples_are_messages()
    {
        var examples = 0;
        foreach (var (path, operation) in await OperationsAsync())
        {
            if (operation["requestBody"]?["content"]?["application/json"] is { } body && path.Contains("/v1/jobs", StringComparison.Ordinal))
            {
                Assert.Equal("a red car", body["example"].Deserialize<JobSubmission>(WireMessages.Json)!.Settings.ForegroundPrompt);
                examples++;
            }

            foreach (var (status, answer) in operation["responses"]!.AsObject())
                examples += answer!["content"]?.AsObject().Count(content => content.Value!["example"] is not null) ?? (status == "204" ? 0 : 0);
        }

        Assert.True(examples > 100, $"{examples} examples.");
    }

    [Fact]
    public async Task Words_of_the_messages_are_in_the_document()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;

        Assert.Contains("red car", schemas["EditSettings"]!["properties"]!["foregroundPrompt"]!["description"]?.GetValue<string>() ?? "", StringComparison.Ordinal);
    }

    private static string Plain(string pattern) => (pattern.Length > 1 ? pattern.TrimEnd('/') : pattern).Replace(":int}", "}", StringComparison.Ordinal);

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await _server.Client.GetStringAsync("/v1/openapi.json", Cancel))!;

    private async Task<IReadOnlyList<(string Path, JsonNode Operation)>> OperationsAsync() =>
    [
        .. (await DocumentAsync())["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => ($"{operation.Key} {path.Key}", operation.Value!))),
    ];
}
