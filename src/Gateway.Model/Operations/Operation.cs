using System.Collections.Immutable;
using Gateway.Model.Kinds;

namespace Gateway.Model.Operations;

/// <summary>
/// One row of the table of operations: all that tells one operation from another, so that a new one is one row. It is written in the
/// native format (docs/glossary.md), which surfaces translate to and drivers translate from.
/// </summary>
/// <param name="Kind">The kind of work.</param>
/// <param name="Which">Which of the kind's operations.</param>
/// <param name="Path">The native path it is asked for on.</param>
/// <param name="Family">What a vendor counts its requests together with (Q7).</param>
/// <param name="Units">What its price is multiplied by.</param>
internal sealed record Operation(JobKind Kind, WorkOperation Which, string Path, string Family, UnitRule Units)
{
    /// <summary>Its name in settings, in lanes and in the admin's view; with the driver in front of it, the key of its price.</summary>
    public string Name => Work.NameOf(Kind, Which);

    /// <summary>The task API that follows it; null for what is answered at once.</summary>
    public TaskApi? Task { get; init; }

    /// <summary>What a task of it is called in the second video API's lists.</summary>
    public string TaskType { get; init; } = "generation";

    /// <summary>Its body must name a model: a voice, a template or lyrics are made without.</summary>
    public bool NeedsModel { get; init; }

    /// <summary>The field that tells it from its kind's plain operation, where only the kind is given; null where nothing does.</summary>
    public string? ToldBy { get; init; }

    /// <summary>Models that are counted in a family of their own; the first that fits.</summary>
    public ImmutableArray<ModelFamily> ModelFamilies { get; init; } = [];

    /// <summary>Where its body names files, voices, covers and tasks.</summary>
    public ImmutableArray<AssetUse> Uses { get; init; } = [];

    /// <summary>Its body may hold links to uploaded files.</summary>
    public bool HasFileLinks { get; init; }

    /// <summary>What it leaves on its account; null for nothing.</summary>
    public MadeAsset? Makes { get; init; }

    /// <summary>Where a whole answer shows what was made, one of them at least; empty where a success need not show anything.</summary>
    public ImmutableArray<string> ShownAt { get; init; } = [];

    public ReportedUsage Usage { get; init; }

    /// <summary>The family of one model.</summary>
    public string FamilyOf(string? model)
    {
        foreach (var family in ModelFamilies)
            if (family.Has(model ?? "")) return family.Name;
        return Family;
    }
}
