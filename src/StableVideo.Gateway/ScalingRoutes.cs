using StableVideo.Cluster;
using StableVideo.Hosting;

namespace StableVideo.Gateway;

/// <summary>
/// <c>/scaling/{pool}/{role}</c>: how many slots of silos a pool could use now, for autoscalers. Stages that prefer a GPU but do without count as work for
/// the CPU: they are no reason to start a GPU.
/// </summary>
internal sealed class ScalingRoutes(IGrainFactory grains) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/scaling/{pool}/{role}", async (HttpContext context) =>
    {
        var (pool, role) = ((string)context.Request.RouteValues["pool"]!, (string)context.Request.RouteValues["role"]!);
        if (role is not ("gpu" or "cpu"))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("The role is gpu or cpu, as in /scaling/default/gpu.\n");
            return;
        }

        var status = await grains.GetGrain<ISchedulerGrain>(pool).GetStatus().WaitAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(Demand.Of(status, role == "gpu" ? SiloRoles.Gpu : SiloRoles.Cpu));
    });
}

/// <summary>What a pool could use of one role.</summary>
/// <param name="Wanted">Slots that could be used now: those that are and those that are waited for.</param>
/// <param name="Waiting">Stages that wait for a slot of the role.</param>
/// <param name="Busy">Slots taken on silos of the role.</param>
/// <param name="Slots">Slots on silos of the role that take work.</param>
internal sealed record Demand(int Wanted, int Waiting, int Busy, int Slots)
{
    public static Demand Of(PoolStatus pool, SiloRoles role)
    {
        var waiting = pool.Queues.Where(queue => (queue.Need == SlotNeed.Gpu) == (role == SiloRoles.Gpu)).Sum(queue => queue.Waiting);
        // A silo that does both is a GPU's.
        var silos = pool.Silos.Where(silo => silo.Roles.HasFlag(SiloRoles.Gpu) == (role == SiloRoles.Gpu)).ToList();
        var busy = silos.Sum(silo => silo.Busy);
        return new Demand(waiting + busy, waiting, busy, silos.Where(silo => !silo.Draining).Sum(silo => silo.Slots));
    }
}
