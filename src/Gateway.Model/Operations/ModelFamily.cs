namespace Gateway.Model.Operations;

/// <summary>Models that a vendor counts apart from their kind's others (Q7), known by how their names begin or end.</summary>
internal sealed record ModelFamily(string Name, string? Prefix = null, string? Suffix = null)
{
    public bool Has(string model) =>
        (Prefix is null || model.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            && (Suffix is null || model.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase));
}
