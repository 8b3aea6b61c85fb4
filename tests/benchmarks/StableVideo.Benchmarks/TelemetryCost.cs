using System.Diagnostics;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using StableVideo.Storage;

namespace StableVideo.Benchmarks;

/// <summary>What telemetry costs while nobody listens: a document read through the measured store and through the plain one, a span, and a counter.</summary>
public class TelemetryCost
{
    private static readonly ActivitySource Source = new("StableVideo.Benchmarks");
    private static readonly Meter Meter = new("StableVideo.Benchmarks");
    private static readonly Counter<long> Counter = Meter.CreateCounter<long>("benchmark");
    private const int Reads = 5_000;
    private const int Calls = 10_000_000;
    private string _folder = "";
    private FolderArtifactStore _plain = null!;
    private IArtifactStore _measured = null!;

    /// <summary>Opens both stores on one folder with one document.</summary>
    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _folder = Directory.CreateTempSubdirectory("stablevideo-telemetry-").FullName;
        _plain = new FolderArtifactStore(_folder);
        _measured = TenantStores.InFolder(_folder).System;
        await _plain.WriteDocumentAsync("benchmark/document", new byte[2048], WriteCondition.Any);
    }

    /// <summary>Deletes the folder.</summary>
    [GlobalCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    /// <summary>A document of 2 KiB from the store as it is.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Reads)]
    public Task PlainRead() => ReadAsync(_plain);

    /// <summary>The same document by way of the measured store, which every host uses.</summary>
    [Benchmark(OperationsPerInvoke = Reads)]
    public Task MeasuredRead() => ReadAsync(_measured);

    /// <summary>A span that nobody wants.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void Span()
    {
        for (var i = 0; i < Calls; i++)
        {
            using var activity = Source.StartActivity("keyframe");
        }
    }

    /// <summary>A counter that nobody reads.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void Count()
    {
        for (var i = 0; i < Calls; i++)
            Counter.Add(1, new KeyValuePair<string, object?>("stage", "Decompose"));
    }

    private static async Task ReadAsync(IArtifactStore store)
    {
        for (var i = 0; i < Reads; i++)
            await store.ReadDocumentAsync("benchmark/document");
    }
}
