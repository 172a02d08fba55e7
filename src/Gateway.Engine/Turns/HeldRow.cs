namespace Gateway.Engine.Turns;

/// <summary>A row of a turn that somebody else holds.</summary>
internal enum HeldRow
{
    Account,
    Job,
}
