using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Calls;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Submitting;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Api.Tests.Seams.ToySurface;

/// <summary>A surface with words of its own: <c>{"say":"…"}</c>.</summary>
internal static class ToyApi
{
    private const long LargestBody = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/toy/say", (RequestDelegate)SayAsync).ForCallers(ToyDialect.Instance);

    private static async Task SayAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var body = await context.Request.ReadBodyAsync(LargestBody, context.RequestAborted);
        var text = JsonValues.Text(body, "say") ?? throw new ApiException(ApiError.Field("say", "must be a text"));
        var model = JsonValues.Text(body, "who") ?? "toy-1";
        var native = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                model,
                stream = JsonElement.Parse(body).TryGetProperty("slowly", out var slowly) && slowly.GetBoolean(),
                messages = new[] { new { role = "user", content = text } },
            });
        var request = NativeRequest.Read(JobKind.Chat, WorkOperation.Plain, native);
        var call = new CallRequest(caller, request, native, SubmitHeaders.Read(context.Request, caller));
        await context.RequestServices.GetRequiredService<CallPath>().RunAsync(context, call, new ToyFormat(), context.RequestAborted);
    }
}
