"""Where frames come from: files, folders of stills, streams and webcams."""
