using Gateway.Api;
using Gateway.Api.Commands;
using Gateway.Silo.Hosting;

if (await CommandLine.RunAsync(args, Console.Out, Console.Error) is { } exitCode) return exitCode;

return await GatewayHost.RunAsync(async () =>
{
    var builder = await GatewayHost.CreateAsync(args, CancellationToken.None);
    builder.Services.AddGatewayApi();
    var app = builder.Build();
    app.MapGateway();
    return app;
});
