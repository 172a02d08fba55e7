using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Silo.Reads;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>
/// What one address lists, asked for once for all who want it and kept for a minute, and so is that it gave no answer. One account
/// stands for all of the address; another is asked only where the first is refused.
/// </summary>
internal sealed class HostModels(AccountReads reads, TimeProvider time, CancellationToken over)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>How long callers wait for the address, all its accounts together.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Accounts of one address asked in a row: where three fail, the address does.</summary>
    private const int MostAsked = 3;

    private readonly Lock _lock = new();
    private Asking _last = Asking.Never;

    /// <summary>The address's models; null when it cannot be asked.</summary>
    /// <param name="accounts">The accounts there.</param>
    /// <param name="cancellationToken">Ends the wait, not the question: others may wait for it too.</param>
    public Task<IReadOnlyList<ListedModel>?> ListAsync(IReadOnlyList<AccountState> accounts, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!IsGood(_last, accounts)) _last = Begin(accounts);
            return _last.Answer.WaitAsync(cancellationToken);
        }
    }

    // An account that has come, or has another credential, may change what a failure says; an address that hangs or refuses all is left
    // alone.
    private bool IsGood(Asking last, IReadOnlyList<AccountState> accounts)
    {
        if (!last.Answer.IsCompleted) return true;
        if (!last.Answer.IsCompletedSuccessfully || time.GetUtcNow() - last.At > Kept) return false;
        return last.Models is not null || last.IsFinal || accounts.All(last.HasAsked);
    }

    private Asking Begin(IReadOnlyList<AccountState> accounts)
    {
        var asking = new Asking(time.GetUtcNow());
        asking.Answer = AskAsync(asking, accounts);
        return asking;
    }

    private async Task<IReadOnlyList<ListedModel>?> AskAsync(Asking asking, IReadOnlyList<AccountState> accounts)
    {
        await Task.Yield(); // out of the lock
        using var patience = new Patience(LongestWait, time, over);
        foreach (var account in accounts.Take(MostAsked))
        {
            asking.Note(account);
            asking.Models = await AskAsync(asking, account, patience.Token);
            if (asking.Models is not null || asking.IsSilent) break;
        }

        return asking.Models;
    }

    private async Task<IReadOnlyList<ListedModel>?> AskAsync(Asking asking, AccountState account, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await reads.AskAsync(account.Id, new UpstreamRead.Models(), cancellationToken);
            return answer.Error is null ? Read(answer) : null;
        }
        catch (OperationCanceledException)
        {
            asking.IsSilent = true;
            return null;
        }
    }

    private static List<ListedModel> Read(ReadAnswer answer) => NativeAnswers.Member(answer, "data") is JsonArray data
        ? [.. data.OfType<JsonObject>().Select(Read).OfType<ListedModel>()]
        : [];

    private static ListedModel? Read(JsonObject model) =>
        model["id"] is JsonValue value && value.TryGetValue<string>(out var id)
            ? new ListedModel(id, JsonSerializer.SerializeToElement(model))
            : null;

    /// <summary>A question and who was asked. Written by the question alone, read by others once it has been answered.</summary>
    private sealed class Asking(DateTimeOffset at)
    {
        public static readonly Asking Never = new(DateTimeOffset.MinValue);

        private readonly List<(AccountId Account, string Secret)> _asked = [];

        public DateTimeOffset At => at;

        public Task<IReadOnlyList<ListedModel>?> Answer { get; set; } = Task.FromResult<IReadOnlyList<ListedModel>?>(null);

        /// <summary>It did not answer in time.</summary>
        public bool IsSilent { get; set; }

        /// <summary>What was answered; null for nothing useful.</summary>
        public IReadOnlyList<ListedModel>? Models { get; set; }

        /// <summary>Another account would be told the same.</summary>
        public bool IsFinal => IsSilent || _asked.Count >= MostAsked;

        public void Note(AccountState account) => _asked.Add((account.Id, account.SealedSecret));

        public bool HasAsked(AccountState account) => _asked.Exists(one => one.Account == account.Id && one.Secret == account.SealedSecret);
    }
}
