using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Model.Json;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Submitting;

/// <summary>
/// MiniMax's handshake with a <c>callback_url</c> (docs/minimax.md, "Callbacks"): a challenge that the receiver returns unchanged. It shows
/// that whoever answers there wants to be called, and that it can be reached from here.
/// </summary>
internal sealed class CallbackChallenge(OutboundHttp http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <exception cref="ApiException">The receiver did not return it; the message says what it did instead.</exception>
    public async Task RequireAsync(Uri url, CancellationToken cancellationToken)
    {
        var challenge = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var body = JsonSerializer.SerializeToUtf8Bytes(new Challenge(challenge), CallbackChallengeJson.Default.Challenge);
        var outcome = await http.PostAsync(url, body, Patience, cancellationToken);
        if (outcome is PostOutcome.Answered { IsSuccess: true } answered && JsonValues.Text(answered.Body, "challenge") == challenge)
            return;

        var why = outcome.IsSuccess ? "it did not return the challenge unchanged" : outcome.Describe();
        throw new ApiException(NativeErrors.Callback("callback_url", $"must return the challenge posted to it: {why}"));
    }
}

internal sealed record Challenge([property: JsonPropertyName("challenge")] string Value);

[JsonSerializable(typeof(Challenge))]
internal sealed partial class CallbackChallengeJson : JsonSerializerContext;
