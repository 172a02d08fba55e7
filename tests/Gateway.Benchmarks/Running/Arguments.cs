namespace Gateway.Benchmarks.Running;

/// <summary>The command line: a verb, then <c>--name value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = [];

    public string Verb { get; private init; } = "";

    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments { Verb = args.FirstOrDefault() ?? "" };
        for (var i = 1; i + 1 < args.Length; i += 2) arguments._options[args[i].TrimStart('-')] = args[i + 1];
        return arguments;
    }

    public string? Text(string name) => _options.GetValueOrDefault(name);

    public double Number(string name, double otherwise) => Text(name) is { } text ? double.Parse(text) : otherwise;

    public int Whole(string name, int otherwise) => (int)Number(name, otherwise);
}
