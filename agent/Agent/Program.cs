return Difusor.Agent.Cli.CommandLine.Run(args);
