using Gateway.Cluster.Tests.Chaos;
using Gateway.Cluster.Tests.Cluster;
using Gateway.Cluster.Tests.Processes;
using Gateway.Model.Ids;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>The accounts and teams of all rounds on one cluster.</summary>
internal sealed class Population : IDisposable
{
    public const int TeamCount = 3;

    private const int BudgetedAccount = 4;
    private const string VideoModel = "MiniMax-Hailuo-2.3";
    private const string ChatModel = "MiniMax-M2";
    private const string ImageModel = "image-01";

    // Three videos' worth, of many more that would like to run.
    private const long BudgetPerRound = 90;

    // A frozen node answers nobody; its callers go elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly (int Number, int MaxJobs, string[] Models)[] Accounts =
    [
        (1, 3, [VideoModel, ChatModel]),
        (2, 2, [VideoModel, ImageModel]),
        (3, 1, [VideoModel]),
        (BudgetedAccount, 2, [VideoModel]),
        (5, 2, [ChatModel, ImageModel]),
    ];

    private readonly TestCluster _cluster;
    private readonly List<Client> _teams = [];

    private Population(TestCluster cluster)
    {
        _cluster = cluster;
        Admin = new Client(cluster.NextApi, Client.Token, Patience);
    }

    public Client Admin { get; }

    public IReadOnlyList<Client> Teams => _teams;

    public IReadOnlyDictionary<int, int> MaxJobs { get; } = Accounts.ToDictionary(account => account.Number, account => account.MaxJobs);

    /// <summary>Jobs of the rounds before.</summary>
    public HashSet<JobId> Earlier { get; } = [];

    /// <summary>Tasks that end at once, or soon; a node's lease is longer than any chat.</summary>
    public static SimulatorOptions Simulated(int seed) => new()
    {
        Seed = seed,
        MinTaskDuration = TimeSpan.Zero,
        MaxTaskDuration = TimeSpan.FromSeconds(1.2),
        Chat = new ChatSettings { BetweenFrames = TimeSpan.FromMilliseconds(40), ContentFrames = 25 },
    };

    public static async Task<Population> CreateAsync(TestCluster cluster)
    {
        var population = new Population(cluster);
        foreach (var (number, most, models) in Accounts)
            await population.Admin.AddAccountAsync(number, cluster.Simulator.BaseUrl, most, models);
        for (var team = 0; team < TeamCount; team++) await population.AddTeamAsync($"team {team}", weight: team + 1);
        return population;
    }

    /// <summary>Gives the account with a budget what it may spend in the round to come.</summary>
    public async Task<IReadOnlyDictionary<int, Allowance>> GrantAsync()
    {
        var account = (await _cluster.Store.Queries.AccountAsync(new AccountId($"{BudgetedAccount}"), CancellationToken.None))!;
        var granted = await Admin.SendUntilAnsweredAsync(
            HttpMethod.Patch, $"/v1/admin/accounts/{BudgetedAccount}", new { dailyCredits = account.Credits.Used + BudgetPerRound });
        Assert.Equal(System.Net.HttpStatusCode.OK, granted.Status);
        return new Dictionary<int, Allowance> { [BudgetedAccount] = new(account.Credits.Day, BudgetPerRound) };
    }

    /// <summary>Answers no caller should have got, since the last time they were asked for.</summary>
    public IReadOnlyList<string> TakeWrong() => [.. _teams.Append(Admin).SelectMany(client => client.TakeWrong())];

    public void Dispose()
    {
        Admin.Dispose();
        foreach (var team in _teams) team.Dispose();
    }

    private async Task AddTeamAsync(string name, int weight)
    {
        var team = await Admin.SendUntilAnsweredAsync(HttpMethod.Post, "/v1/admin/teams", new { name, weight });
        var token = await Admin.SendUntilAnsweredAsync(
            HttpMethod.Post, $"/v1/admin/teams/{team.Body.GetProperty("id").GetString()}/tokens", new { });
        _teams.Add(new Client(_cluster.NextApi, token.Body.GetProperty("token").GetString()!, Patience));
    }
}
