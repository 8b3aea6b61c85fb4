using Microsoft.AspNetCore.Http.HttpResults;
using StableVideo.Client;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>A tenant's keys over HTTP: who administers keys makes and revokes those of the same tenant, and gives no more than they have.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/v1/keys").WithTags("Keys");
        keys.MapGet("/", ListAsync).RequireScopes(Scopes.AdministerKeys).WithSummary("Keys of your tenant, without their secrets").WithName("listKeys");
        keys.MapPost("/", AddAsync).RequireScopes(Scopes.AdministerKeys).WithSummary("Make a key; its text is shown this once").WithName("createKey");
        keys.MapDelete("/{id}", RevokeAsync).RequireScopes(Scopes.AdministerKeys).WithSummary("Revoke a key, within five seconds everywhere").WithName("revokeKey");
    }

    private static async Task<IReadOnlyList<Key>> ListAsync(HttpContext context, KeyStore keys, CancellationToken cancellationToken) =>
        await Guarded.CallAsync(
            async () => await keys.ListAsync(context.Caller().Tenant, cancellationToken).OrderByDescending(record => record.CreatedAt).Select(ToWire).ToListAsync(cancellationToken),
            cancellationToken);

    private static async Task<Created<NewKey>> AddAsync(KeyRequest request, HttpContext context, KeyStore keys, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (request.Scopes.Except(ScopeNames.Known).ToList() is { Count: > 0 } unknown)
            throw Problem.Invalid($"'{unknown[0]}' is not a scope. There are {string.Join(", ", ScopeNames.Known)}.");
        var scopes = ScopeNames.Parse(request.Scopes);
        if (!caller.May(scopes))
            throw Problem.MissingScope(scopes & ~caller.Scopes);
        try
        {
            var (key, record) = await Guarded.CallAsync(() => keys.AddAsync(caller.Tenant, request.Name, scopes, request.ExpiresAt, cancellationToken), cancellationToken);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created($"/v1/keys/{record.Id}", new NewKey(key.Reveal(), ToWire(record)));
        }
        catch (ArgumentException exception)
        {
            throw Problem.Invalid(exception.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static async Task<NoContent> RevokeAsync(string id, HttpContext context, KeyStore keys, CancellationToken cancellationToken) =>
        await Guarded.CallAsync(() => keys.RevokeAsync(id, context.Caller().Tenant, cancellationToken), cancellationToken)
            ? TypedResults.NoContent()
            : throw new ProblemException(404, "key-not-found", "No such key", "There is no key of this id. The list of keys says which there are.");

    private static Key ToWire(KeyRecord record) => new()
    {
        Id = record.Id,
        Name = record.Name,
        Scopes = record.Scopes,
        CreatedAt = record.CreatedAt,
        ExpiresAt = record.ExpiresAt,
        RevokedAt = record.RevokedAt,
    };
}
