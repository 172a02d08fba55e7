namespace Gateway.Model.Kinds;

/// <summary>How long an upstream may be silent.</summary>
/// <param name="FirstByte">From a request's last byte to the answer's first.</param>
/// <param name="Idle">Between two reads of an answer.</param>
internal readonly record struct Silence(TimeSpan FirstByte, TimeSpan Idle);
