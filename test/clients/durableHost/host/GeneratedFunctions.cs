using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace Spillway.DurableHost;

/// <summary>
/// A class with one static method a durable function, as the script host generates for workers of other languages: the trigger is
/// bound to a string, which makes the extension speak its out-of-process protocol. Methods forward to <see cref="Forward"/>.
/// </summary>
public sealed class GeneratedFunctions(IEnumerable<WorkerFunction> functions) : ITypeLocator
{
    private static readonly MethodInfo ForwardMethod = typeof(GeneratedFunctions).GetMethod(nameof(Forward))!;
    private readonly Type _type = Generate(functions);

    public static NodeWorker? Worker { get; set; }

    public IReadOnlyList<Type> GetTypes() => [_type, typeof(ClientProbe)];

    /// <summary>Called by every generated method.</summary>
    public static Task<object?> Forward(string function, string? trigger, string? instanceId, string? client) =>
        Worker!.InvokeAsync(function, trigger, instanceId, client);

    private static Type Generate(IEnumerable<WorkerFunction> functions)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("WorkerFunctions"), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("WorkerFunctions").DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (var function in functions) AddMethod(type, function);
        return type.CreateType();
    }

    private static void AddMethod(TypeBuilder type, WorkerFunction function)
    {
        List<(string Name, Type Type, CustomAttributeBuilder? Attribute)> parameters = [("trigger", typeof(string), TriggerAttribute(function.Trigger))];
        if (function.Trigger == "activityTrigger") parameters.Add(("instanceId", typeof(string), null));
        if (function.HasClient) parameters.Add(("client", typeof(string), Attribute(typeof(DurableClientAttribute))));

        var method = type.DefineMethod(function.Name, MethodAttributes.Public | MethodAttributes.Static, typeof(Task<object>), [.. parameters.Select(each => each.Type)]);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [function.Name]));
        foreach (var (index, parameter) in parameters.Index())
        {
            var builder = method.DefineParameter(index + 1, ParameterAttributes.None, parameter.Name);
            if (parameter.Attribute is not null) builder.SetCustomAttribute(parameter.Attribute);
        }

        var body = method.GetILGenerator();
        body.Emit(OpCodes.Ldstr, function.Name);
        foreach (var name in (string[])["trigger", "instanceId", "client"])
        {
            var at = parameters.FindIndex(each => each.Name == name);
            if (at < 0) body.Emit(OpCodes.Ldnull);
            else body.Emit(OpCodes.Ldarg, (short)at);
        }
        body.Emit(OpCodes.Call, ForwardMethod);
        body.Emit(OpCodes.Ret);
    }

    private static CustomAttributeBuilder TriggerAttribute(string trigger) => Attribute(trigger switch
    {
        "orchestrationTrigger" => typeof(OrchestrationTriggerAttribute),
        "activityTrigger" => typeof(ActivityTriggerAttribute),
        "entityTrigger" => typeof(EntityTriggerAttribute),
        _ => throw new ArgumentException($"{trigger} is not a trigger of the Durable extension"),
    });

    private static CustomAttributeBuilder Attribute(Type type) => new(type.GetConstructor(Type.EmptyTypes)!, []);
}

/// <summary>Reads what a durableClient binding gives a function: the same for every function.</summary>
public static class ClientProbe
{
    [NoAutomaticTrigger]
    public static void ReadClient([DurableClient] string client, TaskCompletionSource<string> seen) => seen.SetResult(client);
}
