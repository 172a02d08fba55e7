using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Calls;
using Gateway.Api.Native;
using Gateway.Api.Submitting;
using Gateway.Engine.Bodies;
using Gateway.Model.Operations;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Native endpoints that are answered at once, byte for byte.</summary>
internal static class NativeCalls
{
    public static Delegate Of(Operation row) =>
        async (HttpContext context, Caller caller, CallPath path, BodyLimitOptions bodies, CancellationToken cancellationToken) =>
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(bodies.Native, cancellationToken);
        var request = NativeRequest.Read(row.Kind, row.Which, body, cancellationToken: cancellationToken);
        await path.RunAsync(context, new CallRequest(caller, request, body, headers), new CallFormat(), cancellationToken);
    };
}
