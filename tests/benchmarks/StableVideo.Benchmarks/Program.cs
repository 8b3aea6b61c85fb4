using BenchmarkDotNet.Running;
using StableVideo.Benchmarks;

if (args is ["flow-accuracy", .. var clip])
    await FlowAccuracy.PrintAsync(clip.FirstOrDefault());
else if (args is ["previews"])
    await PreviewCost.PrintAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(BenchmarkRules).Assembly).Run(args, BenchmarkRules.Create());
