using StableVideo.Cli;

using var terminal = Terminal.OfProcess();
using var interrupt = new Interrupt();
return await StableVideoApp.RunAsync(args, terminal, interrupt.Token);
