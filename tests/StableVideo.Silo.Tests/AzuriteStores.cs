using StableVideo.Storage;
using StableVideo.Tests.Storage;

namespace StableVideo.Tests.Silo;

internal static class AzuriteStores
{
    /// <summary>The stores of all tenants in a container; skips the test where there is no blob service.</summary>
    public static Task<ITenantStores> TenantsAsync(this Azurite azurite, string container)
    {
        _ = azurite.Container(container);
        return new StoreSettings { BlobConnectionString = azurite.Connection, BlobContainer = container }.OpenTenantsAsync();
    }
}
