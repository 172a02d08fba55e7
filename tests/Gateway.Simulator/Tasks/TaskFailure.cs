namespace Gateway.Simulator;

/// <summary>Why a task ends with <c>Fail</c>: the <c>base_resp</c> its queries carry from then on.</summary>
public sealed record TaskFailure(int Code = 1027, string Message = "output new_sensitive");
