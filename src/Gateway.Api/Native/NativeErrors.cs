using Gateway.Api.Http;

namespace Gateway.Api.Native;

/// <summary>
/// What MiniMax itself says, in its own codes; on MiniMax's paths these come in its own shape, elsewhere as field errors.
/// </summary>
internal static class NativeErrors
{
    public static readonly ApiError UnknownTask = Of(2013, "invalid params, invalid task_id", "task_id");

    public static readonly ApiError UnknownFile = Of(2013, "invalid params, invalid file_id", "file_id");

    public static readonly ApiError UnknownVoice = Of(2054, "voice id not exist", "voice_id");

    /// <summary>Whose it is stays untold.</summary>
    public static readonly ApiError TakenVoice = new(
        400,
        "invalid_request",
        "invalid params, voice_id is taken by a voice of somebody else: choose another name",
        [new FieldError("voice_id", "must be a name that no other team's voice has")])
    { NativeCode = 2013 };

    public static readonly ApiError UnknownCover = Of(2013, "invalid params, invalid cover_feature_id", "cover_feature_id");

    /// <summary>A parameter is wrong.</summary>
    public static ApiError Invalid(string field, string why) => Of(2013, $"invalid params, {why}", field);

    /// <summary>An address that is not fit to be called back.</summary>
    public static ApiError Callback(string field, string rule) =>
        new(400, "invalid_request", $"invalid params, callback_url {rule}", [new FieldError(field, rule)]) { NativeCode = 2013 };

    private static ApiError Of(int code, string message, string field) =>
        new(400, "invalid_request", message, [new FieldError(field, "must be known to MiniMax and yours")]) { NativeCode = code };
}
