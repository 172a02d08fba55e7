using System.Text.Json;

namespace Gateway.Simulator;

internal sealed class ChatApi(Behaviour behaviour, Admission admission)
{
    public Reply Complete(Exchange exchange)
    {
        if (exchange.Json is not { } request)
        {
            return Refusals.For(exchange, 2013, "invalid params, the body is not a JSON object");
        }

        if (exchange.Model.Length == 0)
        {
            return Refusals.For(exchange, 2013, "invalid params, model is empty");
        }

        if (!HasMessages(request))
        {
            return Refusals.For(exchange, 2013, "invalid params, messages is empty");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Answer(exchange, request);
    }

    private Reply Answer(Exchange exchange, JsonElement request)
    {
        ChatSettings settings = behaviour.Chat;
        ChatCompletion chat = ChatCompletion.Echo(exchange, request, settings);
        string warning = ChatFields.Warning(request);
        return exchange.WantsStream
            ? new Reply.Stream(ChatFrames.Of(chat, settings, warning), settings.BetweenFrames) { FirstByte = settings.FirstByte }
            : new Reply.Document(ChatWire.Whole(chat, warning)) { FirstByte = settings.FirstByte };
    }

    private static bool HasMessages(JsonElement request) =>
        request.TryGetProperty("messages", out JsonElement messages)
        && messages.ValueKind == JsonValueKind.Array
        && messages.GetArrayLength() > 0;
}
