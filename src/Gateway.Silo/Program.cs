using Gateway.Silo.Health;
using Gateway.Silo.Hosting;

// A worker: dispatches, submits, follows and keeps, with health and metrics endpoints and nothing else.
return await GatewayHost.RunAsync(async () =>
{
    var builder = await GatewayHost.CreateAsync(args, CancellationToken.None);
    var app = builder.Build();
    app.MapHealth();
    return app;
});
