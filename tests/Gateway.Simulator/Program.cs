using Gateway.Simulator;

await using MiniMaxSimulator simulator = await MiniMaxSimulator.StartAsync(CommandLine.Read(args));
Console.WriteLine($"simulator listening on {simulator.BaseUrl.OriginalString}");
await simulator.WaitForShutdownAsync();
