namespace Gateway.Grains.Routing;

/// <summary>Why a job of this work is refused at submit: no configured account could ever serve it (J6).</summary>
internal sealed record NeverServed(string Why);
