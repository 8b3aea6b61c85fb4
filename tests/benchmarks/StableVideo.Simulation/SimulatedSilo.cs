using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>A silo with one slot that holds one model, dies now and then and comes back.</summary>
internal sealed class SimulatedSilo(int number, int silos, int seed)
{
    /// <summary>Which part of the silos has the role gpu.</summary>
    public const double GpuPart = 0.6;

    /// <summary>How long a stage that prefers a GPU takes on a CPU silo, compared with a GPU silo.</summary>
    public const double SlowerOnCpu = 3;

    private const double MeanLife = 6 * 3600;
    private const double MeanAbsence = 300;
    private readonly Random _random = new(unchecked(seed * 7919 + number));
    private int _process = 1;

    public string Name { get; } = $"silo-{number:D5}";

    public bool IsGpu { get; } = number < silos * GpuPart;

    public bool Up { get; private set; } = true;

    public string? Model { get; private set; }

    public int ModelLoads { get; private set; }

    public Dictionary<StageTicket, SimulatedJob> Running { get; } = [];

    public double NextLife() => -Math.Log(1 - _random.NextDouble()) * MeanLife;

    public double NextAbsence() => -Math.Log(1 - _random.NextDouble()) * MeanAbsence;

    public void Die()
    {
        Up = false;
        Model = null;
        Running.Clear();
    }

    public void Return()
    {
        Up = true;
        _process++;
    }

    /// <summary>Starts a stage and says how many seconds it will take.</summary>
    public double Begin(SlotRequest request, SimulatedJob job)
    {
        Running[request.Ticket] = job;
        var seconds = job.Seconds[(int)request.Ticket.Stage] * (request.Need == SlotNeed.PreferGpu && !IsGpu ? SlowerOnCpu : 1);
        if (request.Model is not { } model || model == Model)
            return seconds;
        Model = model;
        ModelLoads++;
        return seconds + ImageModel.Named(model).LoadSeconds;
    }

    public SiloReport Report() => new()
    {
        Name = Name,
        Address = $"{Name}@{_process}",
        Roles = IsGpu ? SiloRoles.Gpu : SiloRoles.Cpu,
        Slots = 1,
        Running = [.. Running.Keys],
        WarmModels = Model is null ? [] : [Model],
    };
}
