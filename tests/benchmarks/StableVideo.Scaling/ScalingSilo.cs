using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StableVideo.Silo;

namespace StableVideo.Scaling;

/// <summary>A child process: the silo host as it ships, with <see cref="ArtificialStages"/>. A line on its input is answered with the bytes of its managed heap.</summary>
internal static class ScalingSilo
{
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        var wait = TimeSpan.FromMilliseconds(double.Parse(settings["Artificial:Wait"]!, CultureInfo.InvariantCulture));
        using var host = await SiloHost.BuildAsync(args, (stores, _) => new ArtificialStages(stores, wait, settings["Artificial:Log"]!));
        await host.StartAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine($"memory {GC.GetTotalMemory(forceFullCollection: true)} {Environment.WorkingSet}");
        }

        // The parent has gone, or wants no more.
        return 0;
    }
}
