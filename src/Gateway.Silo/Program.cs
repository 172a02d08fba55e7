using Gateway.Silo.Health;
using Gateway.Silo.Hosting;
using Gateway.Silo.Hosting.Settings;

const string Usage = """
    usage: Gateway.Silo [settings]    a worker: takes jobs, follows them and keeps the house; serves health and metrics alone
           Gateway.Silo --version     prints the version

    Settings are those of the gateway: --ConnectionStrings:Gateway=…, the environment (ConnectionStrings__Gateway), appsettings.json.
    --restored takes up a restored backup, for one start only. Commands are those of Gateway.Api.
    Exit codes: 0 stopped in good order, 1 failed, 2 not possible as it is set up.
    """;

if (Arguments.AskForVersion(args)) return Answer($"Gateway.Silo {Arguments.Version}");
if (Arguments.AskForHelp(args)) return Answer(Usage);

// A worker: dispatches, submits, follows and keeps, with health and metrics endpoints and nothing else.
return await GatewayHost.RunAsync(async () =>
{
    var builder = await GatewayHost.CreateAsync(args, CancellationToken.None);
    var app = builder.Build();
    app.MapHealth();
    return app;
});

static int Answer(string text)
{
    Console.WriteLine(text);
    return 0;
}
