namespace StableVideo.Cluster;

/// <summary>Handing out: a silo kind with a free slot, the tenant that is next there, the best of its stages, the silo that suits it best.</summary>
internal sealed partial class SlotBoard
{
    private SiloKindSlots Gpu => _kinds[0];

    private SiloKindSlots Cpu => _kinds[1];

    private SiloKindSlots Both => _kinds[2];

    /// <summary>
    /// Hands out every slot that can be handed out. Afterwards no slot is free that a waiting stage could take and whose tenant may start one.
    /// </summary>
    public IReadOnlyList<SlotGrant> Grant(DateTimeOffset now)
    {
        var grants = new List<SlotGrant>();
        int before;
        do
        {
            // What one kind takes may open another to the stages that have a choice.
            before = grants.Count;
            foreach (var kind in _kinds)
            {
                while (GrantOne(kind, now) is { } grant)
                    grants.Add(grant);
            }
        }
        while (grants.Count > before);
        return grants;
    }

    private SlotGrant? GrantOne(SiloKindSlots kind, DateTimeOffset now)
    {
        if (kind.Free.Slots == 0)
            return null;
        var preferGpuToo = MayTakePreferGpu(kind);
        if (kind.Share.First(preferGpuToo) is not { } tenant)
            return null;
        var stage = Choose(tenant, kind, preferGpuToo);
        var silo = kind.Free.Pick(stage.Request.Model, _wanted);
        kind.Share.Charge(tenant, stage.Expected);
        Dequeue(stage);
        Lease(new StageLease(stage.Request, tenant, silo, now, stage.Expected) { Charged = kind.Share });
        return new SlotGrant(stage.Request, silo.Name, silo.Address, now - stage.EnqueuedAt);
    }

    /// <summary>
    /// Stages that only prefer a GPU leave the GPU slots, as long as other silos can take them, to those that need one when there are not enough for both.
    /// </summary>
    private bool MayTakePreferGpu(SiloKindSlots kind)
    {
        var gpuSlots = Gpu.Free.Slots + Both.Free.Slots;
        var gpuIsShort = _gpuEligible >= gpuSlots;
        return kind == Cpu ? gpuIsShort : !gpuIsShort || Cpu.Free.Slots == 0;
    }

    /// <summary>The tenant's best stage, or one not far behind it whose model is loaded on a free silo while the best one's is not.</summary>
    private WaitingStage Choose(TenantQueue tenant, SiloKindSlots kind, bool preferGpuToo)
    {
        WaitingStage? best = null;
        foreach (var need in kind.Share.Needs)
        {
            if ((need != SlotNeed.PreferGpu || preferGpuToo) && tenant[need].Min is { } stage && (best is null || WaitingStage.ByRank.Compare(stage, best) < 0))
                best = stage;
        }

        if (!_rules.ModelAffinity || best!.Request.Model is not { } model || kind.Free.IsWarm(model))
            return best!;
        var farthest = best.Rank + _rules.AffinityWindow.Ticks;
        WaitingStage? warm = null;
        foreach (var need in kind.Share.Needs.Where(need => need != SlotNeed.PreferGpu || preferGpuToo))
        {
            var found = tenant[need].Take(_rules.AffinityCandidates)
                .FirstOrDefault(stage => stage.Rank <= farthest && stage.Request.Model is { } other && kind.Free.IsWarm(other));
            if (found is not null && (warm is null || WaitingStage.ByRank.Compare(found, warm) < 0))
                warm = found;
        }

        return warm ?? best;
    }
}
