using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace StableVideo.Benchmarks;

/// <summary>How everything here is measured: in this process, few and whole iterations, wall time beside CPU time.</summary>
internal static class BenchmarkRules
{
    public static ManualConfig Create() => ManualConfig.Create(DefaultConfig.Instance)
        .AddJob(Job.Default
            .WithToolchain(new InProcessNoEmitToolchain(timeout: TimeSpan.FromHours(1), logOutput: false))
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(5)
            .WithIterationCount(10)
            .WithInvocationCount(1)
            .WithUnrollFactor(1))
        .AddDiagnoser(new CpuTimeDiagnoser())
        .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
        .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Mean);
}
