using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Gateway.Api.Tests.Architecture;

/// <summary>Who refers to whom in the compiled code: assemblies, and within each the namespaces, which are its folders.</summary>
internal static class CodeMap
{
    /// <summary>What an assembly refers to, of ours.</summary>
    public static IReadOnlyList<string> ReferencesOf(string assembly)
    {
        using var module = Open(assembly);
        return [
            .. module.AssemblyReferences.Select(reference => reference.Name)
                .Where(name => name.StartsWith("Gateway.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
    }

    /// <summary>By namespace those it refers to, each with an example.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> NamespacesOf(string assembly)
    {
        using var module = Open(assembly);
        var map = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var folder in module.GetTypes().GroupBy(NamespaceOf).Where(folder => IsOurs(folder.Key)))
        {
            var targets = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var type in folder)
                foreach (var used in UsedBy(type).Select(Bare).OfType<TypeReference>().Where(used => used.Scope == module))
                    if (NamespaceOf(used) is var target && target != folder.Key && IsOurs(target))
                        targets.TryAdd(target, $"{Outermost(type).Name} → {Outermost(used).Name}");
            map[folder.Key] = targets;
        }

        return map;
    }

    /// <summary>
    /// The constructors of a project's classes, and how many parameters each has. Records, which can be cloned, are none of them.
    /// </summary>
    public static IReadOnlyList<(string Type, int Parameters)> ConstructorsOf(string assembly)
    {
        using var module = Open(assembly);
        return
        [
            .. from type in module.GetTypes()
               where IsOurs(NamespaceOf(type)) && type.Methods.All(method => method.Name != "<Clone>$")
               from method in type.Methods
               where method.IsConstructor
               select (type.Name, method.Parameters.Count),
        ];
    }

    /// <summary>The types of one project that name types of another.</summary>
    public static IReadOnlyList<string> UsersOf(string used, string user)
    {
        using var module = Open(user);
        return [
            .. module.GetTypes()
                .Where(type => UsedBy(type).Select(Bare).OfType<TypeReference>().Any(target => target.Scope.Name == used))
                .Select(type => Outermost(type).FullName)
                .Distinct()];
    }

    /// <summary>Namespaces that refer to each other in a circle; each circle as its references.</summary>
    public static IReadOnlyList<string> CirclesOf(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> map)
    {
        var reach = map.Keys.ToDictionary(name => name, name => ReachOf(name, map));
        return
        [
            .. from source in map
               from target in source.Value
               where reach.TryGetValue(target.Key, out var back) && back.Contains(source.Key)
               select $"{source.Key} → {target.Key}, by {target.Value}",
        ];
    }

    private static HashSet<string> ReachOf(string name, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> map)
    {
        var (reached, open) = (new HashSet<string>(), new Stack<string>([name]));
        while (open.TryPop(out var next))
            foreach (var target in map.GetValueOrDefault(next)?.Keys ?? [])
                if (reached.Add(target)) open.Push(target);
        return reached;
    }

    private static ModuleDefinition Open(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    // Generated code has namespaces of its own, and is nobody's choice.
    private static bool IsOurs(string name) => name.StartsWith("Gateway.", StringComparison.Ordinal);

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string NamespaceOf(TypeReference type) => Outermost(type).Namespace;

    // Without [], ref and the like.
    private static TypeReference? Bare(TypeReference? type) =>
        type is TypeSpecification specification ? Bare(specification.ElementType) : type;

    private static IEnumerable<TypeReference> UsedBy(TypeDefinition type) =>
        With(type.BaseType)
            .Concat(type.Interfaces.SelectMany(face => With(face.InterfaceType)))
            .Concat(type.Fields.SelectMany(field => With(field.FieldType)))
            .Concat(type.CustomAttributes.SelectMany(attribute => With(attribute.AttributeType)))
            .Concat(type.Methods.SelectMany(UsedBy));

    private static IEnumerable<TypeReference> UsedBy(MethodDefinition method) =>
        With(method.ReturnType)
            .Concat(method.Parameters.SelectMany(parameter => With(parameter.ParameterType)))
            .Concat(
                method.HasBody
                    ? method.Body.Variables.SelectMany(variable => With(variable.VariableType)).Concat(
                        method.Body.Instructions.SelectMany(UsedBy))
                    : []);

    private static IEnumerable<TypeReference> UsedBy(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => With(type),
        MethodReference called =>
            With(called.DeclaringType).Concat(With(called.ReturnType)).Concat(
                called is GenericInstanceMethod generic ? generic.GenericArguments.SelectMany(With) : []),
        FieldReference field => With(field.DeclaringType).Concat(With(field.FieldType)),
        _ => [],
    };

    // A generic type with what it is made of.
    private static IEnumerable<TypeReference> With(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(With).Append(generic.ElementType),
        _ => [type],
    };
}
