console.error('said aloud');
throw new Error('thrown aloud');
