using System.Globalization;
using StableVideo.Scaling;

switch (args)
{
    case ["silo", .. var settings]:
        return await ScalingSilo.RunAsync(settings);
    case ["throughput", var silos, var waitMilliseconds, var windowSeconds]:
        var wait = TimeSpan.FromMilliseconds(Number(waitMilliseconds));
        var measured = new List<Throughput>();
        foreach (var count in silos.Split(','))
        {
            measured.Add(await Throughput.MeasureAsync((int)Number(count), wait, TimeSpan.FromSeconds(Number(windowSeconds))));
            await Console.Error.WriteLineAsync(Throughput.Table(wait, measured));
        }

        Console.Write(Throughput.Table(wait, measured));
        return 0;
    case ["plot"]:
        Console.Write(ScalingPlot.Draw(await Console.In.ReadToEndAsync()));
        return 0;
    case ["backlog", var jobs, var watchingSeconds]:
        Console.Write(await Backlog.MeasureAsync((int)Number(jobs), TimeSpan.FromSeconds(Number(watchingSeconds))));
        return 0;
    default:
        await Console.Error.WriteLineAsync("""
            Usage: throughput SILOS WAIT SECONDS   such as: throughput 1,2,4,8,16 1000 60   (wait of an artificial stage in ms; length of the window)
                   plot                            draws a table of throughput from the standard input as SVG
                   backlog JOBS SECONDS            such as: backlog 10000 60                (waiting jobs; how long status is asked)
            """);
        return 2;
}

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
