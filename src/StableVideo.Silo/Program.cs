using StableVideo.Silo;

await (await SiloHost.BuildAsync(args)).RunAsync();
