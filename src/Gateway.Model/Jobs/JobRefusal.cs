using System.Text.Json.Serialization;
using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>An account that refused the job, and why (J7).</summary>
/// <param name="Account">Which.</param>
/// <param name="Attempt">Of which attempt.</param>
/// <param name="Why">In words.</param>
/// <param name="Code">The vendor's code, where it gave one: what two accounts say alike is about the job.</param>
/// <param name="Overloaded">The vendor had no room for anybody; it counts neither against the account nor against the job.</param>
/// <param name="OfAccount">It cost nothing and was about the account alone; it does not count against the job.</param>
/// <param name="Again">How often the account had refused it so before; the last time is kept.</param>
/// <param name="Status">What stands for an error without a code, see <see cref="PastAnswer.StatusOf"/>.</param>
internal sealed record JobRefusal(
    AccountId Account,
    int Attempt,
    string Why,
    int? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Overloaded = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool OfAccount = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Again = 0,
    int? Status = null)
{
    /// <summary>Whether it is one of the attempts that are bounded.</summary>
    [JsonIgnore]
    public bool Counts => !Overloaded && !OfAccount;

    [JsonIgnore]
    public PastAnswer Answer => new(Account, IsPassing: Counts, IsSuspect: OfAccount && Status is not null, Code, Status, Counts);

    /// <summary>What a team hears of it, where <see cref="Why"/> concerns the account.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToTeam { get; init; }

    /// <summary>In words for everybody.</summary>
    [JsonIgnore]
    public string ShownWhy => ToTeam ?? Why;

    public static JobRefusal Of(AccountId account, int attempt, UpstreamError error) =>
        new(
            account, attempt, error.Describe(), error.Code, error.Class == ErrorClass.Overload, error.CostsNoTry,
            Status: PastAnswer.StatusOf(error))
        { ToTeam = error.ConcernsAccount ? error.DescribeToTeam() : null };
}
