using Gateway.Api.Auth;
using Gateway.Api.Native;
using Gateway.Api.Submitting;
using Gateway.Model.Kinds;

namespace Gateway.Api.Calls;

/// <summary>A call as its surface has read it.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Native">What it asks for.</param>
/// <param name="Body">Its body in the native format.</param>
/// <param name="Headers">How long it may wait, and its key.</param>
internal sealed record CallRequest(Caller Caller, NativeRequest Native, byte[] Body, SubmitHeaders Headers)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    public Work Work => Native.Work;

    /// <summary>How long it may wait for a slot; a call without patience never enters the queue.</summary>
    public TimeSpan Patience => Headers.MayQueue ? Headers.Wait ?? DefaultWait : TimeSpan.Zero;
}
