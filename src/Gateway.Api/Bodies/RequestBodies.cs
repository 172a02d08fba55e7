using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Engine.Bodies;

namespace Gateway.Api.Bodies;

/// <summary>Reads request bodies, with a limit for each and one for all that are in memory at once.</summary>
internal static class RequestBodies
{
    private const int FirstBuffer = 16 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    extension(HttpRequest request)
    {
        /// <summary>
        /// The whole body; longer than <paramref name="limit"/> is a 413. Its bytes count as kept until the request ends.
        /// </summary>
        /// <exception cref="ApiException">There is no room for it in the team's share (429), or in this node's memory (503).</exception>
        public async Task<byte[]> ReadBodyAsync(long limit, CancellationToken cancellationToken)
        {
            using var body = LimitedBody.Open(request, limit);
            var context = request.HttpContext;
            var room = context.RequestServices.GetRequiredService<BodyBudget>().Open(Caller.TryOf(context)?.Team ?? BodyBudget.Strangers);
            context.Response.RegisterForDispose(room);
            return request.ContentLength is { } length
                ? await ReadKnownAsync(body, room, (int)length, cancellationToken)
                : await ReadUnknownAsync(body, room, limit, cancellationToken);
        }
    }

    private static async Task<byte[]> ReadKnownAsync(LimitedBody body, RequestRoom room, int length, CancellationToken cancellationToken)
    {
        Grow(room, length);
        // Not cleared: what does not come is no memory of the machine's.
        var buffer = GC.AllocateUninitializedArray<byte>(length);
        await body.ReadExactlyAsync(buffer, cancellationToken);
        return buffer;
    }

    private static async Task<byte[]> ReadUnknownAsync(LimitedBody body, RequestRoom room, long limit, CancellationToken cancellationToken)
    {
        Grow(room, FirstBuffer);
        var buffer = GC.AllocateUninitializedArray<byte>(FirstBuffer);
        var length = 0;
        while (true)
        {
            if (await body.ReadAsync(buffer.AsMemory(length), cancellationToken) is var read && read == 0) return buffer[..length];
            length += read;
            if (length < buffer.Length) continue;

            // One more than the limit, so that the body says itself that it is longer.
            var larger = (int)Math.Min(Math.Min(2L * length, limit + 1), Array.MaxLength);
            Grow(room, larger);
            Array.Resize(ref buffer, larger);
        }
    }

    private static void Grow(RequestRoom room, long bytes)
    {
        if (room.GrowTo(bytes) is { } shortage) throw new ApiException(Refusal(shortage));
    }

    private static ApiError Refusal(BodyShortage shortage) => shortage.IsOfTeam
        ? new ApiError(
            429,
            "team_body_memory",
            $"The bodies of your team's requests under way take {shortage.Held} of the {shortage.Limit} bytes it may keep in this node's " +
                $"memory, and this one needs {shortage.Wanted} more. Send it again when others are answered, or send fewer large ones at " +
                    $"once.",
            RetryAfter: RetryAfter)
        : new ApiError(
            503,
            "body_memory",
            $"The bodies of requests under way take {shortage.Held} of the {shortage.Limit} bytes this node keeps in memory, and this " +
                $"one needs {shortage.Wanted} more. Send it again when others are answered.",
            RetryAfter: RetryAfter);
}
