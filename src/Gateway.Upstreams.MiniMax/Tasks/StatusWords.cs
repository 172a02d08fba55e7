using System.Collections.Frozen;
using Gateway.Model.Jobs;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>
/// The one place where the words of MiniMax's task APIs are read (docs/minimax.md, "Callbacks" to "Speech in the background"). The APIs,
/// their callbacks and their versions differ in case and in words, so every known word is understood everywhere.
/// </summary>
internal static class StatusWords
{
    private const int LongestShown = 32;

    private static readonly FrozenDictionary<string, TaskPhase> Ends = Table(
        (TaskPhase.Succeeded, ["success", "succeeded", "succeed", "successful", "completed", "complete", "finished", "finish", "done"]),
        (TaskPhase.Failed, ["fail", "failed", "failure", "error", "errored", "aborted", "rejected"]),
        (TaskPhase.Cancelled, ["cancelled", "canceled", "cancel"]),
        (TaskPhase.Expired, ["expired", "expire"]));

    private static readonly FrozenDictionary<string, UpstreamStage> Stages = Table(
        (UpstreamStage.Preparing, ["preparing", "prepared", "created", "submitted", "initializing"]),
        (UpstreamStage.Queueing, ["queueing", "queuing", "queued", "queue", "pending", "waiting"]),
        (UpstreamStage.Processing, ["processing", "process", "running", "in_progress", "generating", "started"]));

    public static TaskPhase PhaseOf(string? word) => Ends.GetValueOrDefault(Plain(word ?? ""), TaskPhase.Open);

    /// <summary>Where an open task stands; null where nothing is said.</summary>
    public static JobProgress? ProgressOf(string? word)
    {
        if (Plain(word ?? "") is not { Length: > 0 } plain) return null;
        if (Stages.TryGetValue(plain, out var stage)) return new JobProgress(Percent: null, stage);
        return new JobProgress(Percent: null, UpstreamStage.Other) { Word = plain.Length <= LongestShown ? plain : plain[..LongestShown] };
    }

    // Without what could not be shown: a word of the upstream's stands in answers and in the log.
    private static string Plain(string word) =>
        string.Concat(
            word.Trim()
                .ToLowerInvariant()
                .Select(letter => letter is ' ' or '-' ? '_' : letter)
                .Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)));

    private static FrozenDictionary<string, TMeaning> Table<TMeaning>(params (TMeaning Meaning, string[] Words)[] rows) =>
        rows.SelectMany(row => row.Words.Select(word => (word, row.Meaning))).ToFrozenDictionary(
            pair => pair.word, pair => pair.Meaning, StringComparer.Ordinal);
}
