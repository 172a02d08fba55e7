using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>Chat in OpenAI's form.</summary>
internal sealed class CompletionsApi(Behaviour behaviour, Admission admission)
{
    public Reply Complete(Exchange exchange)
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
            ? new Reply.Stream(CompletionsFrames.Of(chat, settings), settings.BetweenFrames) { FirstByte = settings.FirstByte }
            : new Reply.Document(CompletionsWire.Whole(chat)) { FirstByte = settings.FirstByte };
    }

    private static string? Fault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        _ when exchange.Model.Length == 0 => "model is empty",
        { } request when !request.Items("messages").Any() => "messages is empty",
        { } request when request.Items("tools").Any(static tool => tool.Inner("function")?.Has("parameters") != true) =>
            "function parameters is empty",
        _ => null,
    };
}
