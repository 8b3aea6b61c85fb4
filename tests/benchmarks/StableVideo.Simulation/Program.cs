using StableVideo.Simulation;

try
{
    Console.Write(SimulationReport.Write(SimulationOptions.Parse(args)));
    return 0;
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
