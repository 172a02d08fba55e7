using Gateway.Api;
using Gateway.Silo;

return await GatewayHost.RunAsync(async () =>
{
    var builder = await GatewayHost.CreateAsync(args, CancellationToken.None);
    builder.Services.AddGatewayApi();
    var app = builder.Build();
    app.MapGateway();
    return app;
});
