using Gateway.Cluster.Tests.Cluster;
using Gateway.Cluster.Tests.Rounds;

// The tests run under the test host; started as a program, this project makes rounds of chaos or is one node of them.
return args switch
{
    ["chaos", .. var options] => await ChaosCommand.RunAsync(options),
    ["node", var role, var clockOffset] => await OffClockNode.RunAsync(role, TimeSpan.Parse(clockOffset, System.Globalization.CultureInfo.InvariantCulture)),
    _ => throw new ArgumentException("chaos --rounds n [--seed n] [--scenario name] [--journal file] [--commit id], or node api|silo offset"),
};
