using Gateway.Cluster.Tests.Cluster;
using Gateway.Cluster.Tests.Rounds;
using Xunit.Runner.InProc.SystemConsole;

// Rounds of chaos, one node of them, or else the tests: whoever runs those starts this program with arguments of xunit's.
return args switch
{
    ["chaos", .. var options] => await ChaosCommand.RunAsync(options),
    ["node", var role, var clockOffset] =>
        await OffClockNode.RunAsync(role, TimeSpan.Parse(clockOffset, System.Globalization.CultureInfo.InvariantCulture)),
    _ => await ConsoleRunner.Run(args),
};
