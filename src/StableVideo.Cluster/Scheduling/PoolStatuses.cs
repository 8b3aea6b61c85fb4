namespace StableVideo.Cluster;

/// <summary>Carries the status of a board into the message.</summary>
internal static class PoolStatuses
{
    public static PoolStatus ToMessage(this BoardStatus status) => new()
    {
        Queues = [.. status.Needs.Select(need => new PoolQueue { Need = need.Need, Waiting = need.Waiting, OldestSeconds = need.OldestWait.TotalSeconds })],
        Tenants = [.. status.Tenants.Select(tenant => new PoolTenant
        {
            Tenant = tenant.Tenant,
            Waiting = tenant.Waiting,
            Running = tenant.Running,
            OldestSeconds = tenant.OldestWait.TotalSeconds,
        })],
        Silos = [.. status.Silos.Select(silo => new PoolSilo
        {
            Name = silo.Name,
            Roles = silo.Roles,
            Slots = silo.Slots,
            Busy = silo.Busy,
            WarmModels = silo.WarmModels,
            Models = silo.Models,
            Draining = silo.Draining,
        })],
    };
}
