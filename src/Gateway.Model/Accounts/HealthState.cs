namespace Gateway.Model.Accounts;

/// <summary>An account's health in one word, from good to bad. The names are shown to admins.</summary>
internal enum HealthState
{
    Ok,

    /// <summary>It rests, as the upstream asked or its failures suggest.</summary>
    Cooling,

    /// <summary>Something it answered makes it doubtful; a probe finds out.</summary>
    Suspect,

    /// <summary>Probes were refused: it takes nothing until one is answered well.</summary>
    Parked,

    /// <summary>The upstream said that the credential is dead: as <see cref="Parked"/>.</summary>
    AuthFailed,
}
