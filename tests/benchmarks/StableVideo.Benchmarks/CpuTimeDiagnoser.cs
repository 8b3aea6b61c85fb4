using System.Diagnostics;
using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace StableVideo.Benchmarks;

/// <summary>CPU time of an operation, all threads together: what stays comparable on a machine that others use too. Needs an in-process toolchain.</summary>
internal sealed class CpuTimeDiagnoser : IDiagnoser
{
    private readonly Dictionary<BenchmarkCase, (TimeSpan Before, TimeSpan After)> _times = [];

    public IEnumerable<string> Ids => ["CpuTime"];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public bool RequiresBlockingAcknowledgments(BenchmarkCase benchmarkCase) => false;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
        if (signal == HostSignal.BeforeActualRun)
            _times[parameters.BenchmarkCase] = (Process.GetCurrentProcess().TotalProcessorTime, default);
        else if (signal == HostSignal.AfterActualRun)
            _times[parameters.BenchmarkCase] = (_times[parameters.BenchmarkCase].Before, Process.GetCurrentProcess().TotalProcessorTime);
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results)
    {
        if (!_times.TryGetValue(results.BenchmarkCase, out var times))
            yield break;

        // The total of the results counts warm-up too, and the actual iterations a second time as their outcome.
        var operations = results.Measurements.Where(m => m.Is(IterationMode.Workload, IterationStage.Actual)).Sum(m => m.Operations);
        yield return new Metric(new Descriptor(), (times.After - times.Before).TotalNanoseconds / operations);
    }

    public void DisplayResults(ILogger logger)
    {
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    private sealed class Descriptor : IMetricDescriptor
    {
        public string Id => "CpuTime";

        public string DisplayName => "CPU";

        public string Legend => "CPU time of one operation, all threads together, mean";

        public string NumberFormat => "0.00";

        public UnitType UnitType => UnitType.Time;

        public string Unit => "ns";

        public bool TheGreaterTheBetter => false;

        public int PriorityInCategory => 0;

        public bool GetIsAvailable(Metric metric) => true;
    }
}
