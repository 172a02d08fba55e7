using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>Chat in Anthropic's form.</summary>
internal sealed class MessagesApi(Behaviour behaviour, Admission admission)
{
    public Reply Create(Exchange exchange)
    {
        if (Fault(exchange) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Answer(exchange, exchange.Json!.Value);
    }

    private Reply Answer(Exchange exchange, JsonElement request)
    {
        ChatSettings settings = behaviour.Chat;
        ChatCompletion chat = ChatCompletion.Echo(exchange, request, settings);
        return exchange.WantsStream
            ? new Reply.Stream(MessagesFrames.Of(chat, settings), settings.BetweenFrames) { FirstByte = settings.FirstByte }
            : new Reply.Document(MessagesWire.Whole(chat)) { FirstByte = settings.FirstByte };
    }

    private static string? Fault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        _ when exchange.Model.Length == 0 => "model is empty",
        { } request when !request.Items("messages").Any() => "messages is empty",
        _ => null,
    };
}
