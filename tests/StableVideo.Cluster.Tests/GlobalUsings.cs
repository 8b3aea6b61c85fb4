global using StableVideo.Cluster;
