using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using StableVideo.Web.Security;

namespace StableVideo.Web.Api.OpenApi;

/// <summary>The document <c>/v1/openapi.json</c>: what the routes themselves can not say of the interface.</summary>
internal static class ApiDescription
{
    private const string Scheme = "key";
    private const string ProblemSchema = "Problem";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(CompleteAsync);
    });

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "StableVideo Cluster",
            Version = "1",
            Description = "Edits a video by text so that the edit sticks to the moving object and does not flicker. "
                + "Upload a clip, submit a job, follow its events, read its artifacts. Every error is a problem (RFC 9457) whose type never changes; "
                + "all calls can be repeated. Fields and kinds of events may be added within version 1: ignore what you do not know.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative to where the document lies: a server behind a proxy does not know its own name.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key (sv_...), or a token of the OIDC issuer that the server trusts. A server that listens only on its own machine may need none.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ProblemSchema] = Problem();
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
            ApiExamples.Add(operation);

        return Task.CompletedTask;
    }

    private static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var statuses = new SortedSet<string>(StringComparer.Ordinal) { "400", "503" };
        if (metadata.OfType<ScopeRequirement>().LastOrDefault() is { } scopes)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            operation.Description = $"{operation.Description} Needs the scope {ScopeNames.Of(scopes.Scopes).Replace(" ", " and ", StringComparison.Ordinal)}.".Trim();
            statuses.UnionWith(["401", "403", "429"]);
        }

        if (context.Description.RelativePath?.Contains('{', StringComparison.Ordinal) == true)
            statuses.Add("404");
        if (metadata.OfType<ProblemStatuses>().LastOrDefault() is { } own)
            statuses.UnionWith(own.Statuses.Select(status => $"{status}"));
        if (metadata.OfType<BytesBody>().LastOrDefault() is { } bytes)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = bytes.IsRequired,
                Content = bytes.Types.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }),
            };
        }

        foreach (var (name, description, isRequired) in metadata.OfType<HeaderParameter>())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Required = isRequired,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        operation.Responses ??= [];
        foreach (var status in statuses)
        {
            operation.Responses[status] = new OpenApiResponse
            {
                Description = DescriptionOf(status),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document), Example = ApiExamples.Problem(status) },
                },
            };
        }

        return Task.CompletedTask;
    }

    private static string DescriptionOf(string status) => status switch
    {
        "400" => "The request breaks rules; detail and errors say which.",
        "401" => "No valid key or token was sent.",
        "403" => "The key or token does not allow this.",
        "404" => "What was asked for is not there, or belongs to another tenant.",
        "409" => "Something else is there already.",
        "410" => "It has expired.",
        "412" => "Another version of tus is spoken here.",
        "413" => "Too large.",
        "415" => "The body has another form than it must have.",
        "422" => "The content can not be used.",
        "429" => "Too many requests; Retry-After says when to come again.",
        "460" => "The bytes do not match their checksum.",
        "503" => "Cluster or store do not answer, or the queue is full; the call can be repeated safely after Retry-After.",
        _ => "The tenant's quota is used up.",
    };

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457 problem details.",
        Required = new HashSet<string> { "type", "title", "status" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Kind of the problem, such as urn:stablevideo:problem:job-not-found; never changes." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The kind in words." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "HTTP status." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What happened and what to do." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = "All broken rules, one sentence each, where there may be several.",
            },
        },
    };
}

/// <summary>Problems of a route beside those that any route can have.</summary>
/// <param name="Statuses">Their HTTP statuses.</param>
internal sealed record ProblemStatuses(params IReadOnlyList<int> Statuses);

/// <summary>A route takes bytes of these media types, or of any other: what they are is found out by looking at them.</summary>
/// <param name="IsRequired">Whether there must be a body.</param>
/// <param name="Types">The media types.</param>
internal sealed record BytesBody(bool IsRequired, params IReadOnlyList<string> Types);

/// <summary>A route reads a header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it says.</param>
/// <param name="IsRequired">Whether it must be sent.</param>
internal sealed record HeaderParameter(string Name, string Description, bool IsRequired);
