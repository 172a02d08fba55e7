using Gateway.Model.Kinds;

namespace Gateway.Api.Assets;

/// <summary>Where a request must run, and its body in that account's words.</summary>
internal sealed record Placement(Work Work, byte[] Body);
